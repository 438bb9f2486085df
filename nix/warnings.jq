# A line for each option that lacks what readers need.
to_entries[]
| (if .value.description == null then "warning: option \(.key) has no description" else empty end),
  (if (.value.type // "unspecified") == "unspecified"
    then "warning: option \(.key) has no type" else empty end)
