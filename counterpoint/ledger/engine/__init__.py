"""The posting engine: postings that arrive together commit together 组提交.

``order``   a posting, checked and made ready in the caller's thread
``decide``  the pure rule: what one posting does to the books, or why not
``batch``   the SQL of a whole batch, without any I/O
``wire``    libpq's pipeline on asyncio: many statements, one round trip
``queue``   which waiting postings may share a batch
``lane``    one connection: load, decide, write, commit, answer; and what to do when it breaks
``loop``    the thread that runs the lanes, and the way in
``guard``   the lock between postings and the closing of the day
``within``  the same batch, of one, on Django's own connection
"""
