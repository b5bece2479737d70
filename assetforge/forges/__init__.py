"""Where pull and merge requests live: GitHub, GitLab, Gitea and Forgejo. One file for each."""
