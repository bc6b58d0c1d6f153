from tests.acceptance.conftest import commands, forks, migrated

__all__ = ["commands", "forks", "migrated"]
