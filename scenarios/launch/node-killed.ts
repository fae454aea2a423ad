import { releaseDay } from './release-day.ts'

export default releaseDay({
  id: 'launch/node-killed',
  title: 'a node is killed while thousands of shoppers buy everything',
  killed: 'n2',
})
