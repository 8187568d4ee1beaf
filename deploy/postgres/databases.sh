#!/bin/sh
# One database for each service and one for its vault, and one for the portal; each with an owner that can reach no other.
set -eu

set -a
. /run/settings/settings.env
set +a

for name in registry registry_vault reporting reporting_vault review review_vault notify notify_vault portal; do
    password=$(printenv "$(echo "$name" | tr '[:lower:]' '[:upper:]')_PASSWORD")
    psql --set ON_ERROR_STOP=1 --set name="$name" --set password="$password" --username "$POSTGRES_USER" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
