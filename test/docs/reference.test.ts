import { expect, it } from 'vitest'
import { commands } from '../../harness/cli/program.ts'
import { referencePage } from '../support/reference-page.ts'

it('is what the code says (npm run reference writes it again)', async () => {
  await expect(referencePage(commands)).toMatchFileSnapshot('../../docs/reference.md')
})

it('names every command, and every option of it', () => {
  const page = referencePage(commands)
  for (const { name, options } of Object.values(commands)) {
    expect(page).toContain(`### squall ${name}`)
    for (const { flags } of options) expect(page).toContain(`| \`${flags}\` |`)
  }
})

it('says what each argument of a command may be', () => {
  const page = referencePage(commands)
  for (const { argument, argumentHelp = [] } of Object.values(commands)) {
    const words = argument?.split(' ') ?? []
    expect(argumentHelp).toHaveLength(words.length)
    for (const word of words) expect(page).toContain(`\`${word}\`: `)
  }
})
