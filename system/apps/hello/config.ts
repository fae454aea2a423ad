import { configPart, positiveInteger } from '../../platform/config.ts'
import { pipelineProblem, pipelineVariables } from './pipeline/config.ts'
import { slowPingDefaultMs } from './stats-channel.ts'
import { userTokenAgeMaxS } from './user-token.ts'

export const helloConfig = configPart({
  variables: {
    USER_TOKEN_AGE_S: positiveInteger.default(userTokenAgeMaxS),
    RECURRING_TOKEN_MS: positiveInteger.default(5_000),
    SLOW_PING_MS: positiveInteger.default(slowPingDefaultMs),
    HELLO_PUSH_TIMEOUT_MS: positiveInteger.default(10_000),
    ...pipelineVariables,
  },
  problem: pipelineProblem,
})
