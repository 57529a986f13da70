"""How what is known is asked for: questions about the program, each answered once, and kept over runs.

| module | what it is about |
|---|---|
| `memo` | questions and their answers: what each was read from, and cycles to their least fixed point |
| `naming` | names of questions that are the same in every run |
| `deep` | room for recursion: questions rest on questions |
| `inputs` | what answers are read from in the end, each input with a digest |
| `encoding` | answers as bytes that mean the same in the next run |
| `files` | states of files: of all of each, and of what each declares |
| `indexes` | names gathered from all over the project, kept while no file declares anything else |
| `past` | the answers of an earlier run, and which of them still hold |

What is asked stands elsewhere: `inference` and `effects` register their kinds of questions with the memo.
"""
