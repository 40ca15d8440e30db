"""Mutation testing of the derivative rules: does a test notice when a rule is wrong?

A mutant is a rule with one small mistake: a sign flipped, a conjugate dropped, two arguments swapped, a constant changed, a
factor or a term dropped. It is compiled in memory and put in the place of the rule, in the running process; no file is touched.
Then the tests that call the rule are run, the quickest first, until one fails: the mutant is killed. One that no test notices
survives: either it is no mistake (two forms of one number, a threshold between two formulas that both hold there), or a
test is missing.

Run it with::

    python -m tests.mutation                              # everything: an hour or two
    python -m tests.mutation --sample 200 --seed 1        # that many mutants, drawn at random
    python -m tests.mutation revad/rules/svd.py           # one file, or several, or folders

The first run finds out which test calls which rule, and how long it takes (`calls`); the result is kept beside the temporary files
of the system, and made anew when a file of `revad`, `nn` or `tests` has changed (``--trace`` makes it anew in any case).

=============  ==================================================================================================
`mutants`      the mistakes, made in the syntax tree
`planting`     puts a mutant in the place of the functions that are alive
`calls`        which test calls which function
`session`      a pytest plugin: runs tests against one mutant after another, in one process
`known`        the mutants that are no mistakes, each with the reason
`__main__`     the command: shares the mutants among processes, counts, lists the survivors
=============  ==================================================================================================
"""
