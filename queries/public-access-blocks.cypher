/*
title: Buckets without a full public access block
question: Which buckets lack a part of the public access block, and does their account's block cover them?
topic: data
clouds: [aws]
severity: MEDIUM
references:
  - https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
*/
MATCH (bucket:AWSBucket)
WHERE NOT (bucket.block_public_acls AND bucket.ignore_public_acls AND bucket.block_public_policy AND bucket.restrict_public_buckets)
OPTIONAL MATCH (account:AWSAccount {account: bucket.account})
RETURN bucket.id AS bucket,
       account.s3_block_public_acls AND account.s3_ignore_public_acls AND account.s3_block_public_policy AND account.s3_restrict_public_buckets AS accountBlocks
ORDER BY bucket
