import { z } from 'zod'

/** A file name has at most 255 bytes, and every letter of a list's name may take nine of them. */
const nameBytesMax = 200

/** Built with the first request, so that a node starts without them. */
function schemas() {
  const name = z
    .string()
    .trim()
    .min(1, 'give the list a name')
    .refine(isWritable, `expected a name that takes at most ${nameBytesMax} letters in an address`)
  const date = z.iso.date('expected a date such as 2026-11-30')
  const title = z.string().trim().min(1, 'say what is to be done').max(500)
  const titles = z
    .string()
    .transform((text) => text.split('\n').filter((line) => line.trim() !== ''))
    .pipe(z.array(title).min(1, 'say what is to be done').max(100))
  return {
    newEntries: z.strictObject({ name, date, titles }),
    query: z.object({ name, date: z.union([z.literal(''), date]).optional() }),
  }
}

let made: ReturnType<typeof schemas> | undefined
const all = () => {
  made ??= schemas()
  return made
}

function isWritable(name: string): boolean {
  return name.isWellFormed() && encodeURIComponent(name).length <= nameBytesMax
}

/** Entries of one day, one on each line. Throws ZodError. */
export const readNewEntries = (body: unknown) => all().newEntries.parse(body)

/** Which list is asked for, and of which day; without a day, all of it. Throws ZodError. */
export function readQuery(query: unknown): { name: string; date: string | undefined } {
  const { name, date } = all().query.parse(query)
  return { name, date: date || undefined }
}
