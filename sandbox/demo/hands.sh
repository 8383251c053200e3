# Commands for a second terminal beside the demo. Above them stand the addresses and everybody's token.

# as TOKEN METHOD PATH [option of curl ...]: ask Firstline; the answer as JSON.
as() {
    _token=$1 _method=$2 _path=$3
    shift 3
    curl -sS -g -X "$_method" -H "Authorization: Bearer $_token" -H "Content-Type: application/json" "$@" \
        "$FIRSTLINE/$_path" | "$PYTHON" -m json.tool
}

# show FIELD ...: of an answer, or of each row of a list, only these; `a.b` is b in a, or in each of a.
show() {
    "$PYTHON" -c '
import json, sys
answer = json.load(sys.stdin)
rows = [answer] if "code" in answer else answer.get("results", [answer])
for row in rows:
    shown = {}
    for name in sys.argv[1:] or row:
        value = row
        for part in name.split("."):
            several = isinstance(value, list)
            value = [one.get(part) for one in value] if several else (value or {}).get(part)
        shown[name] = value
    if "code" in answer:
        shown = {name: row[name] for name in ("status", "code", "errors" if row.get("errors") else "detail")}
    print(json.dumps(shown))
' "$@"
}

# one FIELD: the bare value of a field of the first row, for a variable.
one() { show "$1" | sed -n '1s/^{"[^"]*": "\{0,1\}\([^"}]*\)"\{0,1\}}$/\1/p'; }

# validate: is the YAML it is given a right baseline? What it may do that was not meant, and what its checks find.
validate() {
    curl -sS -H "Authorization: Bearer $ANN" -H "Content-Type: application/yaml" --data-binary @- \
        "$FIRSTLINE/baselines/validate" | show findings checks
}

# keep NAME ACCOUNT: ann publishes the YAML it is given as a baseline, otto has the account kept by it, in mode enforce.
keep() {
    as "$ANN" POST baselines -d "{\"name\": \"$1\"}" >/dev/null
    curl -sS -H "Authorization: Bearer $ANN" -H "Content-Type: application/yaml" --data-binary @- \
        "$FIRSTLINE/baselines/$1/versions" | show number
    as "$ANN" POST "baselines/$1/versions/1/publish" -H "If-Match: *" | show state
    as "$OTTO" POST assignments -d "{\"baseline\": \"$1\", \"version\": 1, \"selector\": \"account\", \"value\": \"$2\",
        \"mode\": {\"default\": \"enforce\"}}" | show accounts
}

# look ACCOUNT: otto has an account looked at, and waits for the end of it.
look() { as "$OTTO" POST "accounts/$1/looks?wait=20" | show kind state aws_calls; }

# applied ACCOUNT: the last apply there, once it has ended: what was written to AWS.
applied() {
    _run=$(as "$OTTO" GET "runs?account=$1&kind=apply&limit=1" | one id)
    as "$OTTO" GET "runs/$_run?wait=20" | show kind state writes.operation
}

# drift ACCOUNT: what differs there now, and whose it is to repair.
drift() { as "$OTTO" GET "drift?account=$1&state=open" | show kind name path type remedy reason; }

# approve ACCOUNT: paula reads the plan that waits there and approves exactly that.
approve() {
    _plan=$(as "$PAULA" GET "plans?account=$1&state=proposed&lane=approval&limit=1" | show id reasons digest)
    echo "${_plan:-no plan waits there now}"
    _id=$(echo "$_plan" | sed -n 's/.*"id": "\([^"]*\)".*/\1/p')
    _digest=$(echo "$_plan" | sed -n 's/.*"digest": "\([^"]*\)".*/\1/p')
    [ -z "$_id" ] || as "$PAULA" POST "plans/$_id/approve" -H "If-Match: *" -d "{\"digest\": \"$_digest\"}" | show state
}

# behind ACCOUNT SERVICE OPERATION [JSON]: somebody with an administrator's keys makes one AWS call, past Firstline.
behind() { "$PYTHON" -m sandbox call --url "$AWS" "$@"; }

# simulate ACCOUNT WHAT JSON: what no API does: root's own hands, time that passes, money that is spent.
simulate() {
    curl -sS "$AWS/_sandbox/accounts/$1/$2" -d "$3"
    echo
}
