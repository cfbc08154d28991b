#!/bin/sh
# Makes an Inroad bundle of one AWS account with the AWS CLI (version 2) alone: read calls only, no secret's value.
# Printed by "inroad policy aws --script". The permissions that it needs are those of "inroad policy aws".
#
#   sh collect-aws.sh FOLDER [REGION...]      no region: all that are enabled in the account
#
# Given again after a stop, it goes on where it was. What is denied or absent is recorded in FOLDER/manifest.json.
set -u
umask 077
[ $# -ge 1 ] || { echo "usage: sh collect-aws.sh FOLDER [REGION...]" >&2; exit 2; }
out=$1
shift
export AWS_PAGER= AWS_DEFAULT_OUTPUT=json AWS_CLI_AUTO_PROMPT=off
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
: >"$work/failures"

identity=$(aws sts get-caller-identity --query '[Account,Arn]' --output text) || exit 1
account=$(printf %s "$identity" | cut -f 1)
partition=$(printf %s "$identity" | cut -f 2 | cut -d : -f 2)
regions=$*
[ -n "$regions" ] || regions=$(aws ec2 describe-regions --query 'Regions[].RegionName' --output text) || exit 1
mkdir -p "$out" || exit 1
[ -f "$out/.began" ] || date -u +%Y-%m-%dT%H:%M:%SZ >"$out/.began"

manifest() { # COMPLETE
  {
    printf '{"version": 1, "complete": %s,\n "accounts": [{"cloud": "aws", "partition": "%s", "account": "%s", "collected": "%s", "complete": %s, "regions": [' \
      "$1" "$partition" "$account" "$(cat "$out/.began")" "$1"
    separator=
    for name in $regions; do
      printf '%s"%s"' "$separator" "$name"
      separator=', '
    done
    printf ']}],\n "errors": ['
    sed '2,$s/^/,/' "$work/failures"
    printf ']}\n'
  } >"$out/manifest.json.part" && mv "$out/manifest.json.part" "$out/manifest.json"
}

escaped() { printf %s "$1" | sed 's/%/%25/g; s,/,%2F,g; s/:/%3A/g; s/ /%20/g; s/?/%3F/g; s/#/%23/g; s/,/%2C/g; s/;/%3B/g'; }

# answer SERVICE OPERATION ABSENT COMMAND ITEM writes one file, or records why there is none.
answer() {
  item=$5
  file=$out/aws/$account/$place/$1/$2
  [ -z "$item" ] || file=$file/$(escaped "$item")
  file=$file.json
  [ ! -f "$file" ] || return 0
  mkdir -p "$(dirname "$file")"
  if eval "$4" >"$file.part" 2>"$work/error" </dev/null; then
    [ -s "$file.part" ] || echo '{}' >"$file.part"
    mv "$file.part" "$file"
    return 0
  fi
  rm -f "$file.part"
  code=$(sed -n 's/.*An error occurred (\([A-Za-z0-9.]*\)).*/\1/p' "$work/error" | head -n 1)
  case $code in
  '' | [0-9]*) code=RequestFailed ;; # not the API's words but those of what is in between
  esac
  case " $3 " in
  *" $code "*) echo '{}' >"$file" ;;
  *)
    printf '{"cloud": "aws", "account": "%s", "region": "%s", "service": "%s", "operation": "%s", "item": "%s", "code": "%s", "message": ""}\n' \
      "$account" "$region" "$1" "$2" "$(printf %s "$item" | sed 's/\\/\\\\/g; s/"/\\"/g')" "$code" >>"$work/failures"
    ;;
  esac
}

# secrets finds, in user data, an access key id, a private key, a vendor's token, or something secret that is given a value.
quote=\'
secrets="(AKIA|ASIA)[A-Z2-7]{16}|PRIVATE KEY-----|gh[opusr]_[A-Za-z0-9]{36}|github_pat_|glpat-|xox[abprs]-|sk_live_|://[^ /:@]+:[^ /@\$<{]{3,}@"
secrets="$secrets|(password|passwd|passphrase|secret|token|credential|api[_-]?key|access[_-]?key|private[_-]?key)[a-z0-9_-]*[\"$quote]?[[:space:]]*[=:][[:space:]]*[\"$quote]?[^][:space:]\"$quote\$<\`{%]{4,}"

# user_data INSTANCE prints what is kept of an instance's user data: that it looks like it holds a secret, and the ECS
# cluster that it names.
user_data() {
  value=$(aws ec2 describe-instance-attribute --attribute userData --instance-id "$1" --query UserData.Value --output text) || return 1
  kept=
  if [ "$value" != None ]; then
    printf %s "$value" | base64 -d >"$work/packed" || return 1
    gzip -dc <"$work/packed" >"$work/script" 2>"$work/error" || cp "$work/packed" "$work/script"
    if grep -a -E -i -q -e "$secrets" "$work/script"; then kept='SECRET=withheld\n'; fi
    cluster=$(sed -n "s/.*ECS_CLUSTER=[\"$quote]\{0,1\}\([A-Za-z0-9_-]\{1,\}\).*/\1/p" "$work/script" | head -n 1)
    [ -z "$cluster" ] || kept="${kept}ECS_CLUSTER=$cluster\n"
    rm -f "$work/packed" "$work/script"
  fi
  printf '{"InstanceId": "%s", "UserData": {"Value": "%s"}}\n' "$1" "$(printf "$kept" | base64 | tr -d '\n')"
}

# last_accessed PRINCIPAL prints IAM's report of the services that the principal may use, once it is ready.
last_accessed() {
  job=$(aws iam generate-service-last-accessed-details --arn "$1" --query JobId --output text) || return 1
  tries=0
  while [ "$tries" -lt 20 ]; do
    status=$(aws iam get-service-last-accessed-details --job-id "$job" --query JobStatus --output text) || return 1
    [ "$status" = IN_PROGRESS ] || break
    tries=$((tries + 1))
    sleep 1
  done
  aws iam get-service-last-accessed-details --job-id "$job" --max-items 1000
}

# names QUERY COMMAND ITEM prints what the query finds in a command's answer, one name a line.
names() {
  item=$3
  eval "$2 --query '$1' --output text" 2>/dev/null </dev/null | tr '\t' '\n' | sed '/^None$/d; /^$/d'
}

# once SERVICE OPERATION ABSENT COMMAND
once() {
  echo "$place $1 $2" >&2
  printf %s "$4" >"$work/$1.$2.command"
  echo >"$work/$1.$2.items"
  answer "$1" "$2" "$3" "$4" ''
}

# each SERVICE OPERATION ABSENT COMMAND PARENT ITEMS AGAIN [joined]: joined items are the parent's item, a comma and the name
each() {
  echo "$place $1 $2" >&2
  printf %s "$4" >"$work/$1.$2.command"
  while IFS= read -r parent; do
    within=
    [ -z "${8:-}" ] || within=$parent,
    names "$6" "$(cat "$work/$1.$5.command")" "$parent" | while IFS= read -r name; do printf '%s%s\n' "$within" "$name"; done
  done <"$work/$1.$5.items" | sort -u >"$work/$1.$2.items"
  cp "$work/$1.$2.items" "$work/wanted"
  while [ -s "$work/wanted" ]; do
    : >"$work/more"
    while IFS= read -r wanted; do
      answer "$1" "$2" "$3" "$4" "$wanted"
      [ -z "$7" ] || names "$7" "$4" "$wanted" >>"$work/more"
    done <"$work/wanted"
    cat "$work/more" >>"$work/$1.$2.items"
    cp "$work/more" "$work/wanted"
  done
}

manifest false

place=global region=
# GLOBAL

for region in $regions; do
  export AWS_REGION="$region" AWS_DEFAULT_REGION="$region"
  place=$region
# REGIONAL
done

manifest true
