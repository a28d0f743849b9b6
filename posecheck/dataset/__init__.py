"""Thousands of recordings in one command: from folders, tables or object storage to one Parquet data set.

The work is done by processes of this machine or of a Dask cluster. Each recording is finished by itself: what is done is
never done again, whatever stops the command.
"""
