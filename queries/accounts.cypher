/*
title: Accounts
question: Which accounts are there, and which is the management account?
topic: inventory
clouds: [aws]
*/
MATCH (account:AWSAccount)
RETURN account.account AS account, account.name AS name, account.management AS management, account.status AS status
ORDER BY account
