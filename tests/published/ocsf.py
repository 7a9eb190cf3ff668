"""Holds OCSF events, one a line on standard input, against the published definitions of their class, version and profiles.

Knows nothing of Aegis. Needs `ocsf-json-schema` (the published exports, packaged) and `jsonschema`. Says what is wrong
and exits 1, also where there was nothing of a class to judge.
"""

import json
import sys

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

WANTED = {6003, 2004}


def validator(version, uid, profiles, known={}):
    key = (version, uid, tuple(profiles))
    if key not in known:
        schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
        name = schemas.lookup_class_name_from_uid(uid)
        schema = schemas.get_class_schema(class_name=name, profiles=list(profiles))
        known[key] = Draft202012Validator(schema)
    return known[key]


def captions(version, uid, event, known={}):
    """A word beside a number is the one that the schema has for it."""
    if version not in known:
        known[version] = get_ocsf_schema(version=version)
    classes = known[version]["classes"]
    of = next(c for c in classes.values() if c.get("uid") == uid)
    for name, attribute in of["attributes"].items():
        word, numbers = attribute.get("sibling"), attribute.get("enum")
        if name in event and word in event and numbers:
            published = numbers.get(str(event[name]), {}).get("caption")
            if published != event[word] and published != "Other":
                yield f"{word} is {event[word]!r}, {name} {event[name]} is called {published!r}"


def main():
    seen, wrong = {}, 0
    for line in sys.stdin:
        event = json.loads(line)
        version, uid = event["metadata"]["version"], event["class_uid"]
        judge = validator(version, uid, event["metadata"].get("profiles", []))
        faults = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in judge.iter_errors(event)]
        faults += captions(version, uid, event)
        for fault in faults:
            print(f"event {event['metadata']['uid']} of class {uid}: {fault}")
        wrong += bool(faults)
        seen[uid] = seen.get(uid, 0) + 1
    print(", ".join(f"{count} of class {uid}" for uid, count in sorted(seen.items())), f"· {wrong} wrong")
    if set(seen) != WANTED:
        print(f"classes to judge: {sorted(WANTED)}, there were {sorted(seen)}")
        return 1
    return int(wrong > 0)


sys.exit(main())
