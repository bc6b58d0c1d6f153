from altior_sellsy.web.settings import *  # noqa: F403
