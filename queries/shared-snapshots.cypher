/*
title: Snapshots shared outside
question: Which snapshots of disks and databases are shared with everyone or with other accounts?
topic: data
clouds: [aws]
severity: HIGH
references:
  - https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html
*/
MATCH (snapshot:AWSVolumeSnapshot|AWSDatabaseSnapshot)
WHERE size(snapshot.shared_with) > 0
RETURN snapshot.id AS snapshot, 'all' IN snapshot.shared_with AS public, snapshot.shared_with AS sharedWith, snapshot.encrypted AS encrypted
ORDER BY public DESC, snapshot
