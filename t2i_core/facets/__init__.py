"""What pictures can be told apart by beside what they show: facts of their files, columns and words of their captions."""
