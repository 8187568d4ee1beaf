"""The SQL functions with which a PostgreSQL records units of work, one call for as many as share a transaction."""

from __future__ import annotations

NOT_WHOLE = "AA001"
"""The state PostgreSQL ends with when only some of the works could be recorded, and all of them were asked for."""

RECORD = """
CREATE OR REPLACE FUNCTION {schema}.{record}(
    strict boolean, whole boolean, works int, batch jsonb, this_writer text
) RETURNS TABLE (work int, verdict text, positions bigint[], others boolean) LANGUAGE plpgsql AS $body$
DECLARE
    failed int[] := '{{}}';
    e_work int[]; e_id uuid[]; e_version bigint[]; e_topic text[]; e_state bytea[];
    c_work int[]; c_id text[]; c_digest bytea[]; c_answer text[];
    t_work int[]; t_name text[]; t_before bigint[]; t_position bigint[];
    u_work int[]; u_upon int[];
    remembers int[];
BEGIN
    SELECT
        ARRAY(SELECT s::int FROM jsonb_array_elements_text(batch -> 'e_work') AS s),
        ARRAY(SELECT s::uuid FROM jsonb_array_elements_text(batch -> 'e_id') AS s),
        ARRAY(SELECT s::bigint FROM jsonb_array_elements_text(batch -> 'e_version') AS s),
        ARRAY(SELECT s FROM jsonb_array_elements_text(batch -> 'e_topic') AS s),
        ARRAY(SELECT decode(s, 'base64') FROM jsonb_array_elements_text(batch -> 'e_state') AS s),
        ARRAY(SELECT s::int FROM jsonb_array_elements_text(batch -> 'c_work') AS s),
        ARRAY(SELECT s FROM jsonb_array_elements_text(batch -> 'c_id') AS s),
        ARRAY(SELECT decode(s, 'base64') FROM jsonb_array_elements_text(batch -> 'c_digest') AS s),
        ARRAY(SELECT s FROM jsonb_array_elements_text(batch -> 'c_answer') AS s),
        ARRAY(SELECT s::int FROM jsonb_array_elements_text(batch -> 't_work') AS s),
        ARRAY(SELECT s FROM jsonb_array_elements_text(batch -> 't_name') AS s),
        ARRAY(SELECT s::bigint FROM jsonb_array_elements_text(batch -> 't_before') AS s),
        ARRAY(SELECT s::bigint FROM jsonb_array_elements_text(batch -> 't_position') AS s),
        ARRAY(SELECT s::int FROM jsonb_array_elements_text(batch -> 'u_work') AS s),
        ARRAY(SELECT s::int FROM jsonb_array_elements_text(batch -> 'u_upon') AS s),
        ARRAY(SELECT s::int FROM jsonb_array_elements_text(batch -> 'remembers') AS s)
    INTO e_work, e_id, e_version, e_topic, e_state, c_work, c_id, c_digest, c_answer,
         t_work, t_name, t_before, t_position, u_work, u_upon, remembers;
    -- One writer at a time until commit: a follower who has seen a position has seen all before it.
    PERFORM pg_advisory_xact_lock({lock});
    others := NOT EXISTS (SELECT FROM {schema}.last_writer l WHERE l.writer = this_writer);
    IF others THEN
        INSERT INTO {schema}.last_writer AS l (one, writer) VALUES (1, this_writer)
        ON CONFLICT (one) DO UPDATE SET writer = excluded.writer;
    END IF;
    IF strict AND NOT (others AND cardinality(remembers) > 0) AND {schema}.{none_objects}(
            e_id, e_version, c_id, t_name, t_before, t_position) THEN
        RETURN QUERY SELECT r.*, others FROM {schema}.{record_all}(
            works, e_work, e_id, e_version, e_topic, e_state, c_work, c_id, c_digest, c_answer, t_name, t_position) r;
        RETURN;
    END IF;
    IF whole THEN
        RAISE EXCEPTION 'not all of it can be recorded' USING ERRCODE = {not_whole};
    END IF;
    FOR work IN 0 .. works - 1 LOOP
        verdict := 'recorded';
        positions := '{{}}';
        IF EXISTS (SELECT FROM unnest(c_work, c_id) AS c(w, id)
                   JOIN {schema}.outcomes o ON o.command_id = c.id WHERE c.w = work) THEN
            verdict := 'repeated';
        ELSIF EXISTS (SELECT FROM unnest(t_work, t_name, t_position) AS t(w, n, p)
                      JOIN {schema}.{tracking} k ON k.application_name = t.n
                      WHERE t.w = work AND k.notification_id >= t.p) THEN
            verdict := 'heard';
        ELSIF EXISTS (SELECT FROM unnest(t_work, t_name, t_before) AS t(w, n, b)
                      LEFT JOIN {schema}.{tracking} k ON k.application_name = t.n
                      WHERE t.w = work AND t.b <> coalesce(k.notification_id, 0)) THEN
            verdict := 'stale';
        ELSIF EXISTS (SELECT FROM unnest(u_work, u_upon) AS u(w, n) WHERE u.w = work AND u.n = ANY (failed)) THEN
            verdict := 'stale';
        ELSIF others AND work = ANY (remembers) THEN
            verdict := 'stale';
        ELSIF strict AND EXISTS (
            SELECT FROM (SELECT e.id, min(e.v) AS v FROM unnest(e_work, e_id, e_version) AS e(w, id, v)
                         WHERE e.w = work GROUP BY e.id) AS lead
            WHERE lead.v - 1 <> coalesce((SELECT max(s.originator_version) FROM {schema}.{events} s
                                          WHERE s.originator_id = lead.id), 0)) THEN
            verdict := 'stale';
        ELSE
            WITH inserted AS (
                INSERT INTO {schema}.{events} AS s (originator_id, originator_version, topic, state)
                SELECT e.id, e.v, e.topic, e.state
                FROM unnest(e_work, e_id, e_version, e_topic, e_state)
                     WITH ORDINALITY AS e(w, id, v, topic, state, ord)
                WHERE e.w = work ORDER BY e.ord
                RETURNING s.notification_id)
            SELECT coalesce(array_agg(i.notification_id ORDER BY i.notification_id), '{{}}')
              INTO positions FROM inserted i;
            INSERT INTO {schema}.outcomes (command_id, digest, answer, position)
            SELECT c.id, c.digest, c.answer, positions[array_upper(positions, 1)]
            FROM unnest(c_work, c_id, c_digest, c_answer) AS c(w, id, digest, answer) WHERE c.w = work;
            INSERT INTO {schema}.{tracking} AS k (application_name, notification_id)
            SELECT t.n, t.p FROM unnest(t_work, t_name, t_position) AS t(w, n, p) WHERE t.w = work
            ON CONFLICT (application_name) DO UPDATE SET notification_id = excluded.notification_id;
        END IF;
        IF verdict <> 'recorded' THEN
            failed := failed || work;
        END IF;
        RETURN NEXT;
    END LOOP;
END $body$"""

NONE_OBJECTS = """
CREATE OR REPLACE FUNCTION {schema}.{none_objects}(
    e_id uuid[], e_version bigint[], c_id text[], t_name text[], t_before bigint[], t_position bigint[]
) RETURNS boolean LANGUAGE plpgsql AS $body$
BEGIN
    -- Whether every work can be recorded, told by a few questions about all of them.
    -- One look by the key for each command: a plan made while there were few outcomes would read them all for ever.
    RETURN NOT EXISTS (SELECT FROM unnest(c_id) AS c(id)
                       WHERE (SELECT true FROM {schema}.outcomes o WHERE o.command_id = c.id))
        AND (SELECT count(*) = count(DISTINCT id) FROM unnest(c_id) AS c(id))
        AND (SELECT count(*) = count(DISTINCT n) FROM unnest(t_name) AS t(n))
        AND NOT EXISTS (
            SELECT FROM unnest(t_name, t_before, t_position) AS t(n, b, p)
            LEFT JOIN {schema}.{tracking} k ON k.application_name = t.n
            WHERE k.notification_id >= t.p OR t.b <> coalesce(k.notification_id, 0))
        AND NOT EXISTS (
            SELECT FROM (
                SELECT e.id, e.v, lag(e.v) OVER (PARTITION BY e.id ORDER BY e.ord) AS before
                FROM unnest(e_id, e_version) WITH ORDINALITY AS e(id, v, ord)) AS follows
            WHERE follows.v - 1 <> coalesce(
                follows.before,
                (SELECT max(s.originator_version) FROM {schema}.{events} s WHERE s.originator_id = follows.id),
                0));
END $body$"""

RECORD_ALL = """
CREATE OR REPLACE FUNCTION {schema}.{record_all}(
    works int, e_work int[], e_id uuid[], e_version bigint[], e_topic text[], e_state bytea[],
    c_work int[], c_id text[], c_digest bytea[], c_answer text[], t_name text[], t_position bigint[]
) RETURNS TABLE (work int, verdict text, positions bigint[]) LANGUAGE plpgsql AS $body$
DECLARE
    found_positions bigint[];
BEGIN
    WITH inserted AS (
        INSERT INTO {schema}.{events} AS s (originator_id, originator_version, topic, state)
        SELECT e.id, e.v, e.topic, e.state
        FROM unnest(e_id, e_version, e_topic, e_state) WITH ORDINALITY AS e(id, v, topic, state, ord)
        ORDER BY e.ord
        RETURNING s.notification_id)
    SELECT array_agg(i.notification_id ORDER BY i.notification_id) INTO found_positions FROM inserted i;
    INSERT INTO {schema}.outcomes (command_id, digest, answer, position)
    SELECT c.id, c.digest, c.answer, placed.last
    FROM unnest(c_work, c_id, c_digest, c_answer) AS c(w, id, digest, answer)
    LEFT JOIN (SELECT p.w, max(p.position) AS last FROM unnest(e_work, found_positions) AS p(w, position)
               GROUP BY p.w) AS placed ON placed.w = c.w;
    INSERT INTO {schema}.{tracking} AS k (application_name, notification_id)
    SELECT t.n, t.p FROM unnest(t_name, t_position) AS t(n, p)
    ON CONFLICT (application_name) DO UPDATE SET notification_id = excluded.notification_id;
    RETURN QUERY
    SELECT w.n, 'recorded'::text, coalesce(placed.at, '{{}}')
    FROM generate_series(0, works - 1) AS w(n)
    LEFT JOIN (SELECT p.w, array_agg(p.position ORDER BY p.position) AS at
               FROM unnest(e_work, found_positions) AS p(w, position) GROUP BY p.w) AS placed ON placed.w = w.n
    ORDER BY w.n;
END $body$"""

NEVER_CHANGED = """
CREATE OR REPLACE FUNCTION {schema}.{guard}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN RAISE EXCEPTION 'what was recorded is never changed'; END $body$;
CREATE OR REPLACE TRIGGER {guard} BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.{events}
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{guard}()"""

CALL = "SELECT * FROM {schema}.{record}(%s, %s, %s, %s::jsonb, %s)"

SNAPSHOT = """INSERT INTO {schema}.{snapshots} (originator_id, originator_version, topic, state)
VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"""

OUTCOMES = """SELECT done.* FROM jsonb_array_elements_text(%s::jsonb) AS asked(id)
CROSS JOIN LATERAL (
    -- Each is looked up by its key, however many the planner takes there to be.
    SELECT o.command_id, o.digest, o.answer, o.position FROM {schema}.outcomes o
    WHERE o.command_id = asked.id LIMIT 1) AS done"""
