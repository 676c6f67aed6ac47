"""What ``counterpoint bench lobby-calls`` needs of the lobby: a day of tickets at many branches, as SQL."""

from __future__ import annotations

#: A day of one branch: those who were served, and those who wait now.
SERVED, WAITING = 188, 12

TICKETS = f"""
INSERT INTO lobby_ticket
  (key, branch_id, business_date, series, number, service, priority, priority_reason, group_size, channel,
   kind, arrived_at, taken_by, taken_at, digest, expires, state, since, note, recalls, prework,
   papers_missing, promise_low, promise_mid, promise_high, promise_basis)
SELECT gen_random_uuid(), b, %(day)s, chr(65 + n %% 4), n,
  (ARRAY['cash', 'transfer', 'account', 'query'])[1 + n %% 4], 'ordinary', '', 1, 'kiosk', 'natural', at,
  'system:0', at, md5(b || ':' || n), at + interval '12 hours',
  CASE WHEN n <= {SERVED} THEN 'served' ELSE 'waiting' END, at, '', 0, '[]', '[]', 60, 300, 900, 'rule'
FROM unnest(%(branches)s::int[]) AS b, generate_series(1, {SERVED + WAITING}) AS n,
  LATERAL (SELECT now() - ({SERVED + WAITING} - n) * interval '100 seconds' AS at) AS t
"""

PERIODS = """
INSERT INTO lobby_period
  (ticket_id, branch_id, state, service, start, "end", clipped, desk_id, person_id, reason, note)
SELECT t.id, t.branch_id, p.state, t.service, t.arrived_at + p.since,
  CASE WHEN t.state = 'waiting' OR p.state = 'served' THEN NULL ELSE t.arrived_at + p.until END, false,
  CASE WHEN p.state IN ('called', 'serving') THEN w.desk_id END,
  CASE WHEN p.state IN ('called', 'serving') THEN w.person_id END, '', ''
FROM lobby_ticket t
JOIN LATERAL (SELECT * FROM lobby_window w WHERE w.branch_id = t.branch_id LIMIT 1) AS w ON true
JOIN (VALUES
  ('waiting', interval '0', interval '4 min'), ('called', interval '4 min', interval '5 min'),
  ('serving', interval '5 min', interval '11 min'), ('served', interval '11 min', interval '11 min')
) AS p (state, since, until) ON t.state = 'served' OR p.state = 'waiting'
"""

LEARNED = """
INSERT INTO lobby_durationstat (branch_id, service, person_id, kind, n, mean, m2)
SELECT branch_id, service, person_id, 'natural', 40, 5.5, 12.0
FROM lobby_window, jsonb_array_elements_text(services) AS service
"""

#: Whoever was called has been served: the desks are free for the next round, and as many wait again.
FREE = (
    """WITH freed AS (UPDATE lobby_ticket SET state = 'waiting', desk_id = NULL, person_id = NULL
    WHERE state = 'called' RETURNING id)
    DELETE FROM lobby_period p USING freed WHERE p.ticket_id = freed.id AND p."end" IS NULL""",
    """UPDATE lobby_period p SET "end" = NULL FROM lobby_ticket t
    WHERE t.id = p.ticket_id AND t.state = 'waiting' AND p.state = 'waiting' AND p."end" IS NOT NULL""",
)

#: The peer: a table that is nothing but a queue, of as many rows.
PEER = (
    "CREATE TABLE peer_ticket (id bigint PRIMARY KEY, branch_id int NOT NULL, state text NOT NULL, desk int)",
    """INSERT INTO peer_ticket SELECT id, branch_id, state FROM lobby_ticket""",
    "CREATE INDEX ON peer_ticket (branch_id, id) WHERE state = 'waiting'",
    # The product's processes work in a role that owns no table.
    "GRANT SELECT, UPDATE ON peer_ticket TO PUBLIC",
)
PEER_NEXT = """
SELECT id FROM peer_ticket WHERE branch_id = %s AND state = 'waiting' ORDER BY id LIMIT 1
FOR UPDATE SKIP LOCKED
"""
PEER_TAKEN = "UPDATE peer_ticket SET state = 'called', desk = %s WHERE id = %s"
PEER_FREE = "UPDATE peer_ticket SET state = 'waiting', desk = NULL WHERE state = 'called'"
