"""The directory's rows follow the facts: in the transaction that changes one, and whoever does it.

`cms_listing_now` says what the rows should be, `cms_list` makes those of some mentors so. It takes
an advisory lock of each mentor first: two transactions that change two facts of one mentor would
each write what it saw before the other, and the later one must see both.
"""

from django.db import migrations

# Plain letters: lower case without accents, words apart by one blank. C++ and C# stay words.
PLAIN = (
    r"""
CREATE FUNCTION cms_plain(said text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
        regexp_replace(replace(lower(public.unaccent(said)), '++', 'plusplus'),
            '([[:alnum:]])#', '\1sharp', 'g'),
        '[^[:alnum:]]+', ' ', 'g'))
$$;
CREATE FUNCTION cms_slips(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(word) BETWEEN 4 AND 60 THEN ARRAY(
        SELECT word UNION SELECT left(word, at - 1) || substr(word, at + 1)
        FROM generate_series(1, length(word)) AS at
    ) ELSE '{}' END
$$;
""",
    "DROP FUNCTION cms_slips(text); DROP FUNCTION cms_plain(text);",
)
NOW = (
    r"""
CREATE VIEW cms_listing_now AS
SELECT mentor.id AS mentor_id, mentor.slug, page.title AS name, profile.headline,
    profile.expertise, mentor.location, left(cms_plain(mentor.location), 200) AS place,
    mentor.languages, coalesce(schedule.time_zone, 'UTC') AS time_zone, offer.prices,
    offer.currencies, offer.minutes, offer.price_minor, offer.currency, offer.price_low,
    offer.price_high, review.reviews, review.stars,
    setweight(to_tsvector('english', cms_plain(page.title)), 'A')
    || setweight(to_tsvector('english', cms_plain(profile.headline)), 'B')
    || setweight(to_tsvector('english',
        cms_plain(array_to_string(profile.expertise, ' '))), 'C')
    || setweight(to_tsvector('english',
        cms_plain(regexp_replace(profile.bio, '<[^>]*>', ' ', 'g'))), 'D')
    || array_to_tsvector(
        ARRAY(SELECT DISTINCT '@lang:' || spoken FROM unnest(mentor.languages) AS spoken)
        || ('@place:' || left(cms_plain(mentor.location), 200))) AS document
FROM accounts_mentor AS mentor
    JOIN cms_mentorprofilepage AS profile ON profile.mentor_id = mentor.id
    JOIN wagtailcore_page AS page ON page.id = profile.page_ptr_id
    LEFT JOIN scheduling_schedule AS schedule ON schedule.mentor_id = mentor.id
    CROSS JOIN LATERAL (
        SELECT array_agg(price_minor ORDER BY duration_minutes, price_minor, id) AS prices,
            array_agg(kind.currency ORDER BY duration_minutes, price_minor, id) AS currencies,
            array_agg(duration_minutes ORDER BY duration_minutes, price_minor, id) AS minutes,
            (array_agg(price_minor ORDER BY kind.currency COLLATE "C", price_minor))[1]
                AS price_minor,
            min(kind.currency COLLATE "C") AS currency,
            min(price_minor) AS price_low, max(price_minor) AS price_high
        FROM scheduling_sessiontype AS kind WHERE kind.mentor_id = mentor.id AND is_active
    ) AS offer
    CROSS JOIN LATERAL (
        SELECT count(*)::int AS reviews, coalesce(sum(rating), 0)::int AS stars
        FROM scheduling_review AS each WHERE each.mentor_id = mentor.id AND visible
    ) AS review
WHERE mentor.status = 'live' AND page.live AND offer.prices IS NOT NULL;

CREATE VIEW cms_term_now AS
SELECT listing.mentor_id, term.kind, term.key, term.shown, term.telling
FROM cms_listing AS listing
    JOIN cms_mentorprofilepage AS profile ON profile.mentor_id = listing.mentor_id
    CROSS JOIN LATERAL (
        SELECT 'word' AS kind, word AS key, word AS shown, true AS telling
        FROM unnest(string_to_array(cms_plain(concat_ws(' ', listing.name, listing.headline,
            array_to_string(listing.expertise, ' '))), ' ')) AS word
        WHERE length(word) BETWEEN 2 AND 60
        UNION
        SELECT 'word', word, word, false
        FROM unnest(string_to_array(cms_plain(
            regexp_replace(profile.bio, '<[^>]*>', ' ', 'g')), ' ')) AS word
        WHERE length(word) BETWEEN 2 AND 60
        UNION
        SELECT 'subject', left(cms_plain(subject), 200), subject, true
        FROM unnest(listing.expertise) AS subject
        UNION
        SELECT 'place', listing.place, listing.location, true
    ) AS term
WHERE term.key <> '';
""",
    "DROP VIEW cms_term_now; DROP VIEW cms_listing_now;",
)
COLUMNS = (
    "slug, name, headline, expertise, location, place, languages, time_zone, prices, currencies, "
    "minutes, price_minor, currency, price_low, price_high, reviews, stars, document"
)
FRESH = ", ".join(f"EXCLUDED.{column}" for column in COLUMNS.split(", "))
KNOWN = ", ".join(f"known.{column}" for column in COLUMNS.split(", "))
TERMS = """
        INSERT INTO cms_term AS known (kind, key, shown, telling, mentors, lexeme, slips)
        SELECT DISTINCT ON (kind, key) kind, key, shown, telling, 1,
            CASE kind WHEN 'word' THEN (tsvector_to_array(to_tsvector('english', key)))[1] END,
            CASE kind WHEN 'subject' THEN '{}' ELSE cms_slips(key) END
        FROM cms_term_now AS now"""
SORTED = "ORDER BY kind, key, telling DESC, shown"
LIST = (
    f"""
CREATE FUNCTION cms_list(wanted uuid[]) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('cms: listing ' || each, 0))
    FROM (SELECT DISTINCT unnest(wanted) AS each ORDER BY 1) AS ordered;
    DELETE FROM cms_listing WHERE mentor_id = ANY (wanted)
        AND mentor_id NOT IN (SELECT mentor_id FROM cms_listing_now WHERE mentor_id = ANY (wanted));
    INSERT INTO cms_listing AS known (mentor_id, {COLUMNS})
    SELECT mentor_id, {COLUMNS} FROM cms_listing_now WHERE mentor_id = ANY (wanted)
    ON CONFLICT (mentor_id) DO UPDATE SET ({COLUMNS}) = ROW({FRESH})
    WHERE ({KNOWN}) IS DISTINCT FROM ({FRESH});
    IF FOUND THEN{TERMS}
        WHERE mentor_id = ANY (wanted) AND NOT EXISTS (
            SELECT FROM cms_term AS term WHERE term.kind = now.kind AND term.key = now.key
                AND (term.telling OR NOT now.telling))
        {SORTED}
        ON CONFLICT (kind, key) DO UPDATE SET telling = true
            WHERE EXCLUDED.telling AND NOT known.telling;
    END IF;
END $$;
ALTER TABLE cms_listing ALTER COLUMN document SET STORAGE EXTERNAL;
""",
    "DROP FUNCTION cms_list(uuid[]);",
)
FOLLOW = """
CREATE FUNCTION cms_list_its_mentor() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM cms_list(ARRAY[NEW.mentor_id]);
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM cms_list(ARRAY[OLD.mentor_id]);
    ELSE
        PERFORM cms_list(ARRAY[OLD.mentor_id, NEW.mentor_id]);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION cms_list_mentor() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM cms_list(ARRAY[OLD.id]);
    RETURN NULL;
END $$;
CREATE FUNCTION cms_list_page() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM cms_list(ARRAY[mentor_id]) FROM cms_mentorprofilepage WHERE page_ptr_id = NEW.id;
    RETURN NULL;
END $$;
"""
TRIGGERS = (
    ("accounts_mentor", "AFTER DELETE OR UPDATE OF slug, status, location, languages", "cms_list_mentor"),
    ("wagtailcore_page", "AFTER UPDATE OF title, live", "cms_list_page"),
    (
        "cms_mentorprofilepage",
        "AFTER INSERT OR DELETE OR UPDATE OF mentor_id, headline, expertise, bio",
        "cms_list_its_mentor",
    ),
    (
        "scheduling_sessiontype",
        "AFTER INSERT OR DELETE OR UPDATE OF mentor_id, is_active, price_minor, currency,"
        " duration_minutes",
        "cms_list_its_mentor",
    ),
    ("scheduling_review", "AFTER INSERT OR DELETE OR UPDATE OF visible", "cms_list_its_mentor"),
    (
        "scheduling_schedule",
        "AFTER INSERT OR DELETE OR UPDATE OF mentor_id, time_zone",
        "cms_list_its_mentor",
    ),
)
FOLLOWED = (
    FOLLOW
    + "".join(
        f"CREATE TRIGGER {table}_listed {when} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}();\n"
        for table, when, function in TRIGGERS
    ),
    "".join(f"DROP TRIGGER {table}_listed ON {table};\n" for table, _, _ in TRIGGERS)
    + "DROP FUNCTION cms_list_page(); DROP FUNCTION cms_list_mentor();"
    " DROP FUNCTION cms_list_its_mentor();",
)
# Without `cms_list`, whose lock of each mentor would be held to the end: shared memory has room for
# some thousand. Nobody changes a mentor meanwhile: whoever makes triggers locks their tables.
LIST_ALL = f"""
INSERT INTO cms_listing (mentor_id, {COLUMNS}) SELECT mentor_id, {COLUMNS} FROM cms_listing_now;
{TERMS} {SORTED};
"""


class Migration(migrations.Migration):
    dependencies = [("cms", "0023_listing"), ("scheduling", "0026_first_start")]

    operations = [
        migrations.RunSQL(*PLAIN),
        migrations.RunSQL(*NOW),
        migrations.RunSQL(*LIST),
        migrations.RunSQL(*FOLLOWED),
        migrations.RunSQL(LIST_ALL, migrations.RunSQL.noop),
    ]
