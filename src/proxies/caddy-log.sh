# access_log_lines: Caddy's JSON. What a client wrote stands in its strings with every quote escaped, so that it
# cannot look like a field.
access_log_lines() {
  sed -nE 's/^\{"level":"[a-z]+","ts":([0-9.]+),.*"method":"([^"]*)".*"uri":"(([^"\\]|\\.)*)".*"user_id":"([a-z-]*)".*"duration":([0-9.]+).*"status":([0-9]+).*$/\1\t\5\t\7\t\6\t-\t-\t\2\t\3/p'
}
