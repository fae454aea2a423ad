import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type ActionSource, type Plan, planShape, requireKnownActions } from './plan.ts'

/** A plan that is worth running every time, because it found a bug or reproduces a defect. */
export const corpusShape = z.object({
  schemaVersion: z.literal(1),
  title: z.string().min(1),
  covers: z.array(z.string()).min(1),
  plan: planShape,
})
export type CorpusEntry = z.infer<typeof corpusShape>

export const corpusFolder = (root: string) => join(root, 'scenarios', 'corpus')

/** Returns the corpus entries with their file names. Throws an error that names the file and its problem. */
export function readCorpus(root: string, sources: readonly ActionSource[]): (CorpusEntry & { name: string })[] {
  const folder = corpusFolder(root)
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return files.sort().map((file) => ({
    name: basename(file, '.json'),
    ...readAs(corpusShape, join(folder, file), ({ plan }) => requireKnownActions(plan, sources)),
  }))
}

/** Reads a plan from its own file or from a corpus entry. */
export const readPlan = (file: string, sources: readonly ActionSource[]): Plan =>
  readAs(planOrEntry, file, (plan) => requireKnownActions(plan, sources))

/** Not a zod union, because its error would not say what is wrong and where. */
const planOrEntry = z.unknown().transform((value): Plan => {
  const isEntry = typeof value === 'object' && value !== null && 'plan' in value
  return isEntry ? corpusShape.parse(value).plan : planShape.parse(value)
})

function readAs<T>(shape: z.ZodType<T>, file: string, requireValid: (value: T) => void): T {
  try {
    const value = shape.parse(JSON.parse(readFileSync(file, 'utf8')))
    requireValid(value)
    return value
  } catch (error) {
    const issue = (error as { issues?: { path: PropertyKey[]; message: string }[] }).issues?.[0]
    const why = issue
      ? `${issue.path.map(String).join('.') || 'the whole file'}: ${issue.message}`
      : (error as Error).message
    throw new Error(`${file} is no plan of a scenario: ${why.replaceAll(/\s+/g, ' ')}`)
  }
}
