/*
title: Builds and tasks with privileges
question: Which builds may run Docker, and which tasks have a privileged container?
topic: data
clouds: [aws]
severity: MEDIUM
references:
  - https://docs.aws.amazon.com/codebuild/latest/userguide/create-project.html
*/
MATCH (runner:AWSBuildProject|AWSECSTaskDefinition {privileged: true})
OPTIONAL MATCH (runner)-[:USES]->(role:AWSRole)
RETURN runner.id AS runner, runner.name AS name, role.id AS role
ORDER BY runner, role
