"""What imugi has beyond Python: see imugi.gil."""

from . import gil

__all__ = ["gil"]
