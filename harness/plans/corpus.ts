import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { scenarioOfPlan } from '../apps/store/plan-scenario.ts'
import type { Scenario } from '../scenario.ts'
import { planShape } from './plan.ts'

/** A plan that is worth telling in every run: one that found a mistake, or that shows a defect. */
export const corpusShape = z.object({
  schemaVersion: z.literal(1),
  title: z.string().min(1),
  covers: z.array(z.string()).min(1),
  plan: planShape,
})
export type CorpusEntry = z.infer<typeof corpusShape>

export const corpusFolder = (root: string) => join(root, 'scenarios', 'corpus')

/** The scenarios of the corpus, by the names of their files. Throws a sentence that names the file and what is wrong with it. */
export function corpusStories(root: string): Scenario[] {
  const folder = corpusFolder(root)
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return files.sort().map((name) => {
    const { plan, title, covers } = readAs(corpusShape, join(folder, name))
    return scenarioOfPlan(plan, `corpus/${basename(name, '.json')}`, { title, covers })
  })
}

/** A plan by itself, or in the file of a corpus. */
export const readPlan = (file: string) => readAs(z.union([planShape, corpusShape.transform(({ plan }) => plan)]), file)

function readAs<T>(shape: z.ZodType<T>, file: string): T {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const issue = (error as { issues?: { path: PropertyKey[]; message: string }[] }).issues?.[0]
    const why = issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : (error as Error).message
    throw new Error(`${file} is no plan of a scenario: ${why.replaceAll(/\s+/g, ' ')}`)
  }
}
