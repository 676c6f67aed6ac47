"""Several at once, each on a thread and connection of its own: what races are made of."""

import threading

from django.db import connection


def at_once(*works):
    """Run the works, all let go together; what each returned or raised."""
    together = threading.Barrier(len(works), timeout=10)
    results = [None] * len(works)

    def run(at, work):
        try:
            connection.ensure_connection()
            together.wait()
            results[at] = work()
        except Exception as trouble:  # the test looks at what it was
            results[at] = trouble
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
