"""Mail 邮件与机器人: letters to people, customers and robots, sent once, late hours kept, failures shown.

Nouns: letter, delivery, address, preference, digest, bot, line. Verbs: post, announce, post to an address,
withdraw, retry; set and verify an address; choose preferences; add, try, turn off and on a bot.
A room above says what it writes by templates in both languages; it never learns how a letter travels.
"""
