import fc from 'fast-check'

/** Values that could break the file, and any others that can be variables. */
export const anyValue = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'\\"\'$`{}()#;=% \t\n\ra'), maxLength: 20 }),
    fc.constantFrom(
      '',
      'p4ss word',
      "it's",
      'しりとり',
      'line\\\nend',
      '$HOME',
      '`id`',
      '$(id)',
      '%i',
      'a\\',
    ),
  )
  .filter((value) => !/[\0\p{Cs}\p{Noncharacter_Code_Point}]/u.test(value))
