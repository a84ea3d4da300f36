package tone
