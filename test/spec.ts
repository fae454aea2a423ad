import { coverage, definedIds, excusedIds, filesBelow, idsIn, readAll } from './support/catalogue.ts'

/** `npm run spec`: which entries of docs/spec the tests and scenarios name, and which not (AT-53). */
const catalogue = readAll(filesBelow('docs/spec', '.md'))
const defined = [...new Set(definedIds(catalogue))]
const tests = filesBelow('test', '.test.ts').filter((file) => !file.includes('catalogue'))
const named = new Set(
  idsIn(readAll([...tests, ...filesBelow('scenarios', '.ts'), ...filesBelow('scenarios', '.json')])),
)

let coveredCount = 0
for (const { prefix, covered, excused, uncovered } of coverage(defined, named, excusedIds(catalogue))) {
  coveredCount += covered.length
  const total = covered.length + excused.length + uncovered.length
  console.log(
    `${prefix}  ${covered.length} of ${total} covered${excused.length > 0 ? `, ${excused.length} left out for a reason` : ''}`,
  )
  if (covered.length > 0) console.log(`    covered:   ${covered.join(' ')}`)
  if (excused.length > 0) console.log(`    reasons:   ${excused.join(' ')}`)
  if (uncovered.length > 0) console.log(`    uncovered: ${uncovered.join(' ')}`)
}
const unknown = [...named].filter((id) => !defined.includes(id))
if (unknown.length > 0) console.log(`named but not in the catalogue: ${unknown.join(' ')}`)
console.log(`${coveredCount} of ${defined.length} entries covered`)
