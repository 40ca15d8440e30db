"""Mutation testing of the derivative rules: does a test notice when a rule is wrong?

A mutant is a rule with one small mistake: a sign flipped, a conjugate dropped, two arguments swapped, a constant changed, a
factor or a term dropped. It is compiled in memory and put in the place of the rule, in the running process; no file is touched.
Then the tests that call the rule are run, the quickest first, until one fails: the mutant is killed. One that no test notices
survives: either it is no mistake (two forms of one number, a threshold between two formulas that both hold there), or a
test is missing.

Run it with::

    python -m tests.mutation                              # everything: two hours or more
    python -m tests.mutation --sample 200 --seed 1        # that many mutants, drawn at random
    python -m tests.mutation revad/rules/svd.py           # one file, or several, or folders
    python -m tests.mutation --report                     # what is known by now

The first run finds out which test calls which rule, and how long it takes. That and the outcomes are kept in a folder (``--folder``),
from which a later run goes on; ``--retry`` tries again what survived. Start in a new folder when rules have changed, since mutants are
told apart by their lines.

=============  ==================================================================================================
`mutants`      the mistakes, made in the syntax tree
`planting`     puts a mutant in the place of the functions that are alive
`session`      a pytest plugin: runs tests against one mutant after another, in one process
`known`        the mutants that are no mistakes, each with the reason
`__main__`     the command: runs what is missing, counts, lists the survivors
=============  ==================================================================================================
"""
