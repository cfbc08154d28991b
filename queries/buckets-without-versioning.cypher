/*
title: Buckets without versioning
question: In which buckets is what is overwritten or deleted lost?
topic: data
clouds: [aws]
severity: LOW
references:
  - https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
*/
MATCH (bucket:AWSBucket {versioning: false})
RETURN bucket.id AS bucket, bucket.tags AS tags
ORDER BY bucket
