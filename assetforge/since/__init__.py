"""What differs from a commit: the project is planned as it was there, and keys are compared.

Names of files are not compared, nor what git says of them: a prompt that moved, or a pipeline file
that was only written otherwise, is no difference.
"""
