"""The face 界面: the frame, the parts, the tokens, the small scripts and the tool for words.

Nouns: room 房间 (a place in the rail), counter 计数 (people needing me), place 所在 (branch and desk),
palette item 命令. It knows no domain: the rooms above register what they want to show.
"""
