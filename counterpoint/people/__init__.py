"""People 人员: who works here, how they sign in, and what they may do where and when.

Nouns: staff 员工, role assignment 岗位, duty 职责, qualification 资格, restriction 限制,
suspension 停用, delegation 转授权, login session 登录会话. The one question that every other room asks is
``may(person, duty, branch, at)``; a higher room never keeps a right of its own, it grants a
qualification or imposes a restriction here.
"""
