"""What the commands, the jobs and the web do, put together: use cases without a screen."""
