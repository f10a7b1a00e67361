"""Work that goes on behind the pages: one kind of job (`job.py`), and a file for each thing that is one."""
