import { minifySync, transformWithOxc } from 'vite'

/**
 * What is left of a file without types, names of locals, and all that a minifier can work out: two files with the same essence are the same
 * program. Throws when it cannot be parsed.
 */
export async function essenceOf(path: string, text: string): Promise<string> {
  const { code: plain } = await transformWithOxc(text, path, { sourcemap: false })
  const { code, errors } = minifySync(path.replace(/\.ts$/, '.js'), plain, { module: true })
  if (errors.length > 0) throw new Error(`${path} cannot be minified: ${errors[0]!.message}`)
  return code
}
