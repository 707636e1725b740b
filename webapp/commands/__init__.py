"""The commands of `banjie`, one file a matter. Each opens its unit of work, calls the verbs and tells what happened."""
