"""The SQL peers of job B: a lean table made of the same facts, and the searches in it by hand."""

LEAN = """
CREATE SCHEMA IF NOT EXISTS peer;
CREATE TABLE IF NOT EXISTS peer.mentor AS
SELECT l.mentor_id, l.slug, l.name, l.headline, l.document, l.place, l.price_low AS price,
    coalesce(l.rating, 0) AS rating, l.standing, first.at AS next_free,
    first.at + first.minutes * interval '1 minute' AS next_ends, page.words
FROM cms_listing AS l JOIN cms_mentorprofilepage AS page ON page.mentor_id = l.mentor_id
    LEFT JOIN scheduling_firststart AS first ON first.mentor_id = l.mentor_id;
CREATE INDEX IF NOT EXISTS mentor_document ON peer.mentor
    USING gin (document) WITH (fastupdate = off);
CREATE INDEX IF NOT EXISTS mentor_words ON peer.mentor USING gin (words gin_trgm_ops);
CREATE INDEX IF NOT EXISTS mentor_place ON peer.mentor (place);
CREATE TABLE IF NOT EXISTS peer.word AS
SELECT DISTINCT ON (key) key, lexeme, mentors FROM cms_term
WHERE kind = 'word' AND lexeme IS NOT NULL ORDER BY key;
CREATE UNIQUE INDEX IF NOT EXISTS word_key ON peer.word (key);
CREATE INDEX IF NOT EXISTS word_letters ON peer.word USING gin (key gin_trgm_ops);
ANALYZE peer.mentor; ANALYZE peer.word;
"""
HAND = """
WITH meant AS MATERIALIZED (
    SELECT coalesce(
        (SELECT lexeme FROM peer.word WHERE key = typed),
        (SELECT lexeme FROM peer.word WHERE key %% typed
         ORDER BY similarity(key, typed) DESC, mentors DESC LIMIT 1)) AS lexeme
    FROM unnest(%(typed)s::text[]) AS typed
), asked AS MATERIALIZED (
    SELECT string_agg(quote_literal(lexeme), ' & ')::tsquery AS every,
        array_agg((quote_literal(lexeme) || ':A')::tsquery) AS a,
        array_agg((quote_literal(lexeme) || ':B')::tsquery) AS b,
        array_agg((quote_literal(lexeme) || ':C')::tsquery) AS c
    FROM meant
)
SELECT slug, name, headline, price, rating, next_free
FROM asked, peer.mentor WHERE document @@ every AND price <= %(price_max)s::bigint
    AND rating >= %(rating)s::float8 AND (%(place)s = '' OR place = %(place)s)
    AND next_free >= %(now)s::timestamptz AND next_ends <= %(until)s::timestamptz
ORDER BY (CASE WHEN document @@ a[1] THEN 8 WHEN document @@ b[1] THEN 4
        WHEN document @@ c[1] THEN 2 ELSE 1 END
    + CASE WHEN a[2] IS NULL THEN 0 WHEN document @@ a[2] THEN 8 WHEN document @@ b[2] THEN 4
        WHEN document @@ c[2] THEN 2 ELSE 1 END) DESC, standing, slug
LIMIT 20
"""
SIMILAR = """
SELECT slug, name, headline, price, rating, next_free FROM peer.mentor
WHERE %(text)s <%% words AND price <= %(price_max)s AND rating >= %(rating)s
    AND (%(place)s = '' OR place = %(place)s)
    AND next_free >= %(now)s AND next_ends <= %(until)s
ORDER BY word_similarity(%(text)s, words) DESC, standing, slug LIMIT 20
"""
NAIVE = """
SELECT slug, name, headline, price, rating, next_free FROM peer.mentor
WHERE {words} AND price <= %(price_max)s AND rating >= %(rating)s
    AND place ILIKE '%%' || %(place)s || '%%'
    AND next_free >= %(now)s AND next_ends <= %(until)s
ORDER BY standing, slug LIMIT 20
"""
