"""How many files this process may hold open: as many as the system lets it raise by itself."""

from __future__ import annotations

ENOUGH = 65_536  # Streamlit keeps three for every visit that ended


def raise_limit() -> int | None:
    """Raise the soft limit of open files to the hard one, at most `ENOUGH`; the limit now, None where there is none."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (ValueError, OSError):  # macOS refuses more than its own kernel's limit, whatever the hard one says
            return soft
        return wanted
    return soft
