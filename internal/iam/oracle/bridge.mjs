// Answers NDJSON cases on standard input, in order, with the independent evaluator found in the folder given. It is run as a
// process of its own beside the tests, and is no part of the program.
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const require = createRequire(resolve(process.argv[2], 'package.json'))
const { anonymousPrincipal, runSimulation } = require('@cloud-copilot/iam-simulate')

const named = (name, policies) => (policies ?? []).map((policy, i) => ({ name: `${name}${i}`, policy }))
const some = (name, policies) => (policies?.length ? named(name, policies) : undefined)
const levels = (name, all) => (all ?? []).map((policies, i) => ({ orgIdentifier: `${name}${i}`, policies: named(name, policies) }))

// The evaluator takes text only, one value or a list.
const text = (value) => (Array.isArray(value) ? value.map(String) : String(value))
const texts = (context) => Object.fromEntries(Object.entries(context ?? {}).map(([key, value]) => [key, text(value)]))

const simulation = (line) => ({
  request: {
    principal: line.principal === 'anonymous' ? anonymousPrincipal : line.principal,
    action: line.action,
    resource: { resource: line.resource, accountId: line.resourceAccount },
    contextVariables: texts(line.context),
  },
  sessionPolicy: line.sessionPolicy ?? undefined,
  identityPolicies: named('identity', line.identityPolicies),
  serviceControlPolicies: levels('scp', line.serviceControlPolicies),
  resourceControlPolicies: levels('rcp', line.resourceControlPolicies),
  resourcePolicy: line.resourcePolicy ?? undefined,
  permissionBoundaryPolicies: some('boundary', line.permissionBoundaries),
  vpcEndpointPolicies: some('endpoint', line.vpcEndpointPolicies),
})

const answer = async (line) => {
  const { resultType, overallResult, errors } = await runSimulation(simulation(line), {})
  return resultType === 'error' ? { error: JSON.stringify(errors) } : { result: overallResult }
}

for await (const input of createInterface({ input: process.stdin })) {
  const line = JSON.parse(input)
  let said
  try {
    said = await answer(line)
  } catch (error) {
    said = { error: String(error) }
  }
  process.stdout.write(JSON.stringify({ id: line.id, ...said }) + '\n')
}
