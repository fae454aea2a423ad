import { killEachPart } from './kill-each-part.ts'

export default killEachPart({
  id: 'todo/through-the-registry',
  title: 'every part of a to-do system without a shared table is killed in turn',
  covers: ['RT-15', 'RT-18', 'RT-20', 'RT-22', 'NF-16', 'NF-17'],
  given: { nodes: 1, env: { TODO_CACHE: 'registry' } },
  nightlyBecause: 'it is todo/any-part-killed with the older way to look lists up, which no node uses by default',
})
