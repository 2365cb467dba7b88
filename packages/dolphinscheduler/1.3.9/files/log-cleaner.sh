# A shell that is the first process ignores TERM unless it says what to do.
trap 'exit 0' TERM INT
while true; do
  find /logs -type f -mmin +${{ (values.worker.logCleaner.days | int) * 1440 }} -delete
  # a directory that a task just made is empty too: only those that nothing touched for as long
  find /logs -depth -mindepth 1 -type d -mmin +${{ (values.worker.logCleaner.days | int) * 1440 }} -exec rmdir {} \; 2>/dev/null
  sleep ${{ values.worker.logCleaner.intervalSeconds | int }} &
  wait $!
done
