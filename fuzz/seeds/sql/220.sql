WITH t(a, b, c) AS (TABLE contacts) SELECT (x).*, U&"em!0061il" UESCAPE '!', U&'\0061', trim(LEADING FROM b), - -1, @ -5 FROM t x WHERE a <-> 1 UNION TABLE contacts ORDER BY 1 FETCH FIRST 3 ROWS ONLY
