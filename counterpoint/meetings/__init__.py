"""Meetings 会议: the morning briefing 晨会, the evening review 夕会, any other, to the last action.

Nouns: series, meeting, invitation, agenda item, minutes, decision, action, attendance, feed.
Verbs: call, move, change following, cancel, answer, fill, start, turn to, write, decide, assign, close an
action, mark, finalise, reopen, subscribe.
"""
