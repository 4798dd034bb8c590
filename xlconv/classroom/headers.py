"""What the columns of a class list are, by their heads, in the words of the programs' languages."""

from __future__ import annotations

from collections.abc import Sequence

IDS = (
    # R/exams
    ("registration", "matriculation", "matrikelnummer", "matrikelnr", "matrikel-nr.", "matnr"),
    # Canvas, which translates none of its heads
    ("sis user id", "sis_user_id"),
    # Moodle's id number; English, German, Spanish, French, Italian, Portuguese, Chinese, Arabic
    ("id number", "idnumber", "student id", "student number", "student_id"),
    ("id-nummer", "matricola", "numero di matricola", "codice identificativo", "numero id"),
    ("número de id", "número de identificación", "número de identificação", "número id"),
    ("número de ident.", "matrícula", "número de matrícula", "número mecanográfico"),
    ("numéro d'identification", "numéro d'étudiant", "numéro étudiant", "n° étudiant"),
    ("学号", "學號", "id号", "id 号", "编号", "編號", "身份证号", "辨識號碼"),
    ("رقم المُعرَّف", "رقم المعرف", "رقم التعريف", "رقم الهوية", "الرقم الجامعي", "رقم الطالب"),
    # what one logs in with
    ("sis login id", "username", "user name", "login", "anmeldename", "benutzername"),
    ("nombre de usuario", "nom d'utilisateur", "nome utente", "nome de utilizador", "usuário"),
    ("nome de usuário", "identificação de usuário", "用户名", "使用者名稱", "اسم المستخدم"),
    # Moodle's sheet for grades
    ("identifier", "identificador", "identifiant", "identificativo", "标识符", "المعرف"),
    ("id", "kennung", "user id", "userid", "المُعرِّف"),
    # an address, where there is nothing else
    ("email address", "email", "e-mail", "e-mail address", "mail", "e-mail-adresse"),
    ("dirección de correo", "dirección de correo electrónico", "correo electrónico"),
    ("adresse de courriel", "adresse e-mail", "adresse électronique", "courriel"),
    ("indirizzo email", "indirizzo e-mail", "endereço de e-mail", "endereço de email"),
    ("endereço de correio eletrónico", "电子邮件地址", "电子邮箱", "电子邮件", "email地址"),
    ("電子郵件", "عنوان البريد الإلكتروني", "البريد الإلكتروني"),
)
"""Heads of columns with ids, the best first: what a university calls a student outlives the rest,
and an address changes with a marriage."""

FULL = (
    ("name", "student", "full name", "fullname", "student name", "display name"),
    ("vollständiger name", "nombre completo", "nombre y apellidos", "nom complet", "nom et prénom"),
    ("nome completo", "nome e cognome", "姓名", "全名", "الاسم الكامل", "اسم الطالب"),
)
FIRST = (
    ("first name", "firstname", "given name", "first", "vorname", "nombre", "nombre(s)", "prénom"),
    ("nome", "nome próprio", "名", "名字", "الاسم الأول", "الاسم"),
)
LAST = (
    ("last name", "lastname", "surname", "family name", "last", "nachname", "familienname"),
    ("apellido", "apellido(s)", "apellidos", "nom", "nom de famille", "cognome", "apelido"),
    ("apelidos", "sobrenome", "último nome", "姓", "姓氏", "اسم العائلة", "الاسم الأخير", "اللقب"),
)
"""Heads of columns with names. The Spanish, Italian and Portuguese head of the first name, and the
French one of the last, are also those of a whole name: what stands alone is taken as it is."""

Heads = tuple[tuple[str, ...], ...]


def places(header: Sequence[str], heads: Heads) -> list[int]:
    """The columns whose heads are among these, the best first.

    >>> places(["Name", "E-Mail", " ID "], IDS)
    [2, 1]
    """
    told = [_plain(cell) for cell in header]
    return [told.index(head) for line in heads for head in line if head in told]


def _plain(head: str) -> str:
    return " ".join(head.replace("’", "'").split()).casefold()
