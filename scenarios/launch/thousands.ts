import { releaseDay } from './release-day.ts'

export default releaseDay({
  id: 'launch/thousands',
  title: 'thousands of shoppers buy everything within a minute',
})
